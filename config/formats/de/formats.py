"""How dates are written in German."""

DATE_FORMAT = "j. M Y"
SHORT_DATE_FORMAT = "j. M Y"
DATETIME_FORMAT = "j. M Y, H:i"
DAY_FORMAT = "j. M"
DAY_TIME_FORMAT = "j. M, H:i"
WEEKDAY_FORMAT = "D, j. M"
WEEKDAY_TIME_FORMAT = "D, j. M, H:i"
LONG_DAY_FORMAT = "l, j. F"
SHORT_MONTH_FORMAT = "M Y"
TIME_FORMAT = "H:i"

# The first of each fills <input type="date"> and its like, which know no other form.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
