/** What a commit is called, for the changelog (cliff.toml, docs/releases.md). CI looks at those of each pull request. */
export default {
  extends: ['@commitlint/config-conventional'],
  rules: {
    'type-enum': [
      2,
      'always',
      [
        'feat',
        'fix',
        'perf',
        'security',
        'refactor',
        'test',
        'docs',
        'build',
        'ci',
        'chore',
        'style',
        'revert',
      ],
    ],
    // Links are longer than any line.
    'body-max-line-length': [0],
    'footer-max-line-length': [0],
  },
};
