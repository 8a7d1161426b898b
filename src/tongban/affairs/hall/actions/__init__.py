"""What an applicant does in the hall."""
