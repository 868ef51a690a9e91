import { Option } from 'commander';

const env = (flags: string, description: string, name: string): Option =>
  new Option(flags, description).env(name);

/** Sign-in with Entra ID / Azure AD; docs/sign-in.md tells where the values come from. */
export const directoryOptions = (): Option[] => [
  env('--aad-authority <url>', 'sign-in host of Entra ID (default: Microsoft’s)', 'FARSIDE_AAD_AUTHORITY'),
  env('--aad-tenant <id>', 'id or domain of the directory', 'FARSIDE_AAD_TENANT'),
  env('--aad-audience <id>', 'application id of this server in the directory', 'FARSIDE_AAD_AUDIENCE'),
  env('--aad-client-id <id>', 'application id that clients sign in with', 'FARSIDE_AAD_CLIENT_ID'),
  env('--aad-issuer <url...>', 'accepted issuers (default: those of the tenant)', 'FARSIDE_AAD_ISSUER'),
  env('--aad-scope <scope>', 'permission that a token must have (default: any)', 'FARSIDE_AAD_SCOPE'),
  env(
    '--local-accounts <on|off>',
    'users and passwords of this server (default: off with a directory)',
    'FARSIDE_LOCAL_ACCOUNTS',
  ),
];
