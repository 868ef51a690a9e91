import type { TestServer } from './server.ts';

/** What the command line needs to speak to a test server: its account, and a home without anybody's settings. */
export const cliEnv = ({ url, username, password }: TestServer, home: string): NodeJS.ProcessEnv => ({
  FARSIDE_URL: url,
  FARSIDE_USER: username,
  FARSIDE_PASSWORD: password,
  HOME: home,
  XDG_CONFIG_HOME: '',
});
