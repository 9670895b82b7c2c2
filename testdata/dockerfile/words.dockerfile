ARG A=1 B="two words" C='$A' D
FROM ${A:-x}/${B:+y}:${D:?must be set} AS n
ENV K v w  x
ENV A=1 B="a b" C=a\ b D='x'"y" E=${A#1*}${B##?}${C%b}${D%%*}${A/1/2}${B//a/b}
LABEL a=b "c d"="e" f=
COPY ["a b", "c", "d/"]
ADD https://example.com/x.tar git@example.com:a/b.git $A/*.txt [a-z]? ../up /dst
VOLUME ["/a", "/b"]
VOLUME /c /d
HEALTHCHECK --interval=5m --timeout=3s CMD curl -f http://localhost/ || exit 1
SHELL ["/bin/bash", "-c"]
STOPSIGNAL SIGTERM
MAINTAINER nobody
ONBUILD COPY . /app
RUN sudo chown -R a:b /x | xargs chmod 644 $(find . -name '*.a')
RUN ["a", "\u00e9\n"]
