"""tools/bench: the stack it measures (run), what each process costs (cpu), the parts of the
measurement (parts), and the table (report)."""
