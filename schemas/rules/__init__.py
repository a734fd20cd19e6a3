"""The booklet's rules as data and pure functions: who may write what, and what work is due."""
