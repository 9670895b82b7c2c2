RUN before
FROM
FROM a b c d
FORM x
COPY --form=b x
FROM a AS 0x
FROM a AS 0x
COPY "open
RUN <<E
no end
