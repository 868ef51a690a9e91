// Rules that keep the code readable and the imports one-way; sizes and boundaries are in ARCHITECTURE.md.
import tseslint from 'typescript-eslint';

const noImport = (...names) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        { group: names.flatMap((n) => [n, `${n}/*`]), message: 'Imports flow one way: see ARCHITECTURE.md.' },
      ],
    },
  ],
});
const inside = (folder, names, ignores = []) => ({
  files: [`${folder}/**/*.ts`],
  ignores,
  rules: noImport(...names),
});

export default tseslint.config(
  { ignores: ['dist/', '.cache/', '**/node_modules/', 'r/*/*.Rcheck/', 'examples/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 6 }],
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  inside('protocol', ['node:*', 'vscode', '@farside/*', 'express', 'socket.io', 'socket.io-client']),
  inside('client', ['vscode', '@farside/server', '@farside/extension'], ['client/test/**', '**/*.test.ts']),
  inside(
    'webview',
    ['node:*', 'vscode', '@farside/client', '@farside/server'],
    ['**/*.test.ts', 'webview/test/**'],
  ),
  inside('extension', ['@farside/server'], ['**/*.test.ts', 'extension/test/**']),
  inside(
    'server',
    ['vscode', '@farside/client', '@farside/extension'],
    ['server/src/cli/**', 'server/test/**', '**/*.test.ts'],
  ),
);
