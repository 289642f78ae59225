#!/bin/bash
# tests/test_resume.sh with fifty kills instead of a few, test_resume_ranks.sh with ten and test_full_disk.sh with twenty
# fillings.
set -u
here=$(dirname "$0")
failed=0
KILLS=50 bash "$here/test_resume.sh" || failed=1
KILLS=10 bash "$here/test_resume_ranks.sh" || failed=1
FULL=20 bash "$here/test_full_disk.sh" || failed=1
exit $failed
