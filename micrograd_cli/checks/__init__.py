"""What `mgrad check` rests on: functions along lines, kinks in reach, verdicts, other programs."""
