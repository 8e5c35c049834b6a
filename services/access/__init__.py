"""Who may see and do what: nobody gets a case, a name or a file of them except through an `access_*` function."""
