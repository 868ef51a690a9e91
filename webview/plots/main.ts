import type { FromPlots, ToPlots } from '@farside/protocol';
import { connectHost } from '../shared/host.ts';
import { registerControls } from '../shared/toolkit.ts';
import { Viewer } from './viewer.ts';
import '../shared/page.css';
import './plots.css';

registerControls();
const post = connectHost<ToPlots, FromPlots>((message) => viewer.receive(message));
const viewer = new Viewer(document.body, post);
post({ type: 'ready' });
