"""What is kept and taken home: kept runs, records, Keras files, programs and notebooks."""
