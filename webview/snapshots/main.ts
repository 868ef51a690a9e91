import type { FromSnapshots, ToSnapshots } from '@farside/protocol';
import { connectHost } from '../shared/host.ts';
import { registerControls } from '../shared/toolkit.ts';
import { SnapshotList } from './list.ts';
import '../shared/page.css';
import './snapshots.css';

registerControls();
const post = connectHost<ToSnapshots, FromSnapshots>((message) => list.receive(message));
const list = new SnapshotList(document.body, post);
post({ type: 'ready' });
