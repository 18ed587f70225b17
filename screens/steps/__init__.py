"""One screen a step, under the same names as in wizard/steps."""
