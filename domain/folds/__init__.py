"""How each event changes a case, one phase per file; `domain.fold.FOLDS` is the table of them all."""
