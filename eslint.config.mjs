import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Rules that keep time, randomness and the environment behind the one room that owns them. */
const ambient = (message) => [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message },
  { selector: "CallExpression[callee.name='randomUUID']", message },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'libs/whisper-engine/types/',
      'node_modules/',
      'data/',
      'coverage/',
      // svelte-check reads these.
      'web/**/*.svelte',
      'web/**/*.svelte.ts',
      'libs/client-sdk/src/generated/',
      'test/fixtures/',
    ],
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.nodeBuiltin },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // DTOs and entities are classes for the sake of their decorators; in the code they are shapes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Nest modules are classes without members.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/runtime/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...ambient('Take Clock or IdGenerator from platform/runtime.')],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only platform/config reads the environment.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'class-validator',
          importNames: ['IsOptional'],
          message: 'It lets null through. Take MayBeAbsent from platform/http.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts', 'libs/*/test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    // The signature of a migration is given by the ORM.
    files: ['src/platform/database/migrations/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
);
