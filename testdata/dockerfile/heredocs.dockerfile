FROM busybox
RUN <<EOT
set -e
echo hello
EOT
COPY <<-"A" <<'B' /etc/
	# $not expanded
	A
b
B
RUN cat <<ONE && cat 3<<-TWO
1
ONE
	2
	TWO
ONBUILD RUN <<X
echo
X
