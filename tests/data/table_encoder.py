#!/usr/bin/env python3
"""Prints what scikit-learn and pandas make of the table in table_encoder.cpp, for the numbers kept there."""
import io

import pandas
from sklearn.preprocessing import LabelEncoder, OneHotEncoder, OrdinalEncoder

text = "city,size,born\nBonn,medium,1999-12-31\nAachen,small,1970-01-01\nBonn,large,1969-12-31T06:00\nKöln,small,2024-02-29\n"
known = pandas.read_csv(io.StringIO(text))
new = pandas.DataFrame({"city": ["Ulm", "Köln"], "size": ["tiny", "large"]})
one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(known[["city"]])
print(one_hot.get_feature_names_out(), one_hot.transform(known[["city"]]), one_hot.transform(new[["city"]]))
print(OneHotEncoder(drop="first", sparse_output=False).fit_transform(known[["city"]]))
order = ["small", "medium", "large"]
ordinal = OrdinalEncoder(categories=[order], handle_unknown="use_encoded_value", unknown_value=-1).fit(known[["size"]])
print(ordinal.transform(known[["size"]]).T, ordinal.transform(new[["size"]]).T)
print(OrdinalEncoder().fit_transform(known[["size"]]).T)
dates = pandas.to_datetime(known["born"])
print((dates - pandas.Timestamp(0)) / pandas.Timedelta(days=1))
print(dates.dt.year, dates.dt.month, dates.dt.day, dates.dt.weekday, dates.dt.hour)
labels = LabelEncoder().fit(known["city"])
print(labels.classes_, labels.transform(known["city"]))
