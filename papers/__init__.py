"""What stands on the papers of a case (`text`) and how it is drawn on A4 and in the workbook (`drawing`)."""
