"""Spreadsheet files in and out: .xlsx, .xls, .ods and CSV become sheets of plain values, within bounds."""
