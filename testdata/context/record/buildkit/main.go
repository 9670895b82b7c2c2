// Prints the paths below a folder that `docker build` would send with an ignore
// file, each ended by a NUL; folders end with a slash.
package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	file, err := os.Open(os.Args[2])
	check(err)
	excludes, err := ignorefile.ReadAll(file)
	check(err)
	all, err := fsutil.NewFS(os.Args[1])
	check(err)
	filtered, err := fsutil.NewFilterFS(all, &fsutil.FilterOpt{ExcludePatterns: excludes})
	check(err)
	check(filtered.Walk(context.Background(), "/", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			path += "/"
		}
		fmt.Printf("%s\x00", path)
		return nil
	}))
}
