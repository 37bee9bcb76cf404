"""A pack's rule for semgrep, as small as one can be."""

FLOWS = """rules:
  - id: no-argument-in-print
    languages: [python]
    severity: ERROR
    message: an argument is printed
    metadata: { hint: log it }
    mode: taint
    pattern-sources: [{ pattern: sys.argv }]
    pattern-sinks: [{ pattern: print(...) }]
"""
