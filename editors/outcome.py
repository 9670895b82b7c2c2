"""The last line of the scripts here: how many checks have passed."""


def count(subject, checks):
    """Prints each of the checks (name, wanted, got) that failed, and the counts; returns the exit code."""
    passed = failed = 0
    for name, wanted, got in checks:
        if wanted == got:
            passed += 1
        else:
            failed += 1
            print("FAIL %s: %s\n  wanted: %s\n  got:    %s" % (subject, name, wanted, got))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0
