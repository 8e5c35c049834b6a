"""Who is who: centres, departments, people, deputies, and the file they come from."""
