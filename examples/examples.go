// Package examples has every example of this folder embedded, so that tests, the demo and the documentation use the very
// files that people read.
package examples

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Files are all files of this folder. Modules are referred to by relative paths, so whoever applies an example needs the
// whole tree on disk.
//
//go:embed *
var Files embed.FS

// Stories lists the folders that can be planned and applied as they stand: each with a configuration in it, but the
// modules, which are applied through the stories that use them. An example takes the owner's credentials and the
// endpoints from the environment; those that manage the consumer's side use the profile "consumer" of the AWS
// configuration files. Unless variables say otherwise, the bucket is acme-data, the consumer is account 222222222222 and
// its role is etl.
func Stories() ([]string, error) {
	var stories []string
	err := fs.WalkDir(Files, ".", func(file string, _ fs.DirEntry, err error) error {
		if folder := path.Dir(file); path.Ext(file) == ".tf" && !strings.HasPrefix(folder, "modules/") {
			stories = append(stories, folder)
		}
		return err
	})
	slices.Sort(stories)
	return slices.Compact(stories), err
}
