/** What the linter holds. Formatting is Prettier's, rooms and sizes are test/tidy's. */

import tseslint from 'typescript-eslint'

/** Rules that hold everywhere, without knowing types. */
const everywhere = {
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'object-shorthand': 'error',
  'no-implicit-coercion': ['error', { allow: ['!!'] }],
  'no-throw-literal': 'error',
  'no-unreachable': 'error',
  'no-constant-binary-expression': 'error',
  'no-self-compare': 'error',
  'no-loss-of-precision': 'error',
  'no-dupe-else-if': 'error',
  'no-unsafe-finally': 'error',
  'no-useless-escape': 'error',
  'no-useless-return': 'error',
  'no-console': 'error',
}

/** Where typescript-eslint's strict set is turned up, or down for code that counts bytes. */
const typed = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // Typed arrays answer `number | undefined` under noUncheckedIndexedAccess, and are in bounds.
  '@typescript-eslint/no-non-null-assertion': 'off',
}

export default tseslint.config(
  { ignores: ['dist/', 'native/build/', '.tap/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'fixtures/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strict],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: { ...everywhere, ...typed },
  },
  {
    // A test is started, not awaited: tap waits for it.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
  {
    files: ['*.js', '.ci/*.mjs'],
    rules: everywhere,
  },
)
