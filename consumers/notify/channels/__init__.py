"""One module for each kind of destination: render an alert, judge the answer."""
