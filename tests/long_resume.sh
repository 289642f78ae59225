#!/bin/bash
# tests/test_resume.sh with fifty kills instead of a few.
KILLS=50 exec bash "$(dirname "$0")/test_resume.sh"
