// Lint rules that hold the shape of the house: who may import whom, and that outside text is never markup.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const tauri = {
  group: ['@tauri-apps/*'],
  message: 'Only src/ipc talks to the host; use ~/ipc/client.',
};
const bindings = {
  group: ['**/ipc/bindings', '**/ipc/fake', '**/ipc/fake/*'],
  message: 'The generated shape and the made-up core stay behind ~/ipc/client.',
};
const features = ['watch', 'incident', 'postmortem', 'connections', 'settings', 'inbox'];

const limits = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default ts.config(
  { ignores: ['dist/', 'dist-fake/', 'node_modules/', 'src/ipc/bindings.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser } } },
  { files: ['e2e/**', '*.config.*'], languageOptions: { globals: { ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      'no-eval': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-target-blank': 'error',
      'svelte/require-each-key': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  { files: ['src/app/**', 'src/main.ts'], rules: limits(tauri, bindings) },
  {
    files: ['src/shared/**'],
    rules: limits(tauri, bindings, {
      group: ['~/app/*', '~/features/*', '**/features/**'],
      message: 'Shared parts know neither pages nor the frame.',
    }),
  },
  ...features.map((own) => ({
    files: [`src/features/${own}/**`],
    rules: limits(tauri, bindings, {
      group: features
        .filter((other) => other !== own)
        .flatMap((other) => [`~/features/${other}/*`, `**/${other}/*`]),
      message: 'Features do not import each other.',
    }),
  })),
  // Tests drive the screens against the made-up core.
  { files: ['**/*.test.ts'], rules: { 'no-restricted-imports': 'off' } },
);
