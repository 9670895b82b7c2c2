// Prints what BuildKit says of each Dockerfile that is named on a line of
// stdin: "ok", or "error: ..." in one line.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// Every image exists; its variables and its working directory are as unknown to
// Ovenbird as those of real images.
type images struct{}

func (images) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", []byte(`{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"WorkingDir":"/w"},"rootfs":{"type":"layers","diff_ids":["sha256:` + strings.Repeat("0", 64) + `"]}}`), nil
}

func try(path string) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	caps := pb.Caps.CapSet(pb.Caps.All())
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildPlatforms: []ocispecs.Platform{platform}, TargetPlatforms: []ocispecs.Platform{platform}},
		TargetPlatform: &platform,
		MetaResolver:   images{},
		LLBCaps:        &caps,
	})
	if err != nil {
		return err
	}
	_, err = result.State.Marshal(context.Background())
	return err
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := try(lines.Text()); err != nil {
			fmt.Println("error:", strings.Join(strings.Fields(err.Error()), " "))
		} else {
			fmt.Println("ok")
		}
	}
}
