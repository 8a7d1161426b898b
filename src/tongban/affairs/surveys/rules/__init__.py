"""The slice's decisions: questions and the form made of them, counting, stages and phases, marks of answers."""
