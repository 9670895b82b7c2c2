FROM a
RUN cat <<ONE; cat <<TWO
1
ONE
2
TWO
