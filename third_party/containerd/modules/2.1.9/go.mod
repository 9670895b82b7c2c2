module ovenbird/containerd

go 1.24.2

require github.com/containerd/containerd/v2 v2.1.9
