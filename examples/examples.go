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
// modules, which are applied through the stories that use them, functions, which make nothing, and those of BesideAWS. An example takes the owner's credentials and the
// endpoints from the environment; those that manage the consumer's side use the profile "consumer" of the AWS
// configuration files. Unless variables say otherwise, the bucket is acme-data, the consumer is account 222222222222 and
// its role is etl.
func Stories() ([]string, error) {
	var stories []string
	err := walk(func(folder, text string) {
		if !usesAWS(text) {
			stories = append(stories, folder)
		}
	})
	slices.Sort(stories)
	return slices.Compact(stories), err
}

// BesideAWS lists the folders, of one file each, that use resources of hashicorp/aws beside a share. Tests apply them with a stand-in for that
// provider, which knows as much of it as they need.
func BesideAWS() ([]string, error) {
	var folders []string
	err := walk(func(folder, text string) {
		if usesAWS(text) {
			folders = append(folders, folder)
		}
	})
	slices.Sort(folders)
	return folders, err
}

func usesAWS(text string) bool { return strings.Contains(text, `"hashicorp/aws"`) }

// walk visits each configuration that is no module and no function.
func walk(visit func(folder, text string)) error {
	return fs.WalkDir(Files, ".", func(file string, _ fs.DirEntry, err error) error {
		folder := path.Dir(file)
		if err != nil || path.Ext(file) != ".tf" || strings.HasPrefix(folder, "modules/") || strings.HasPrefix(folder, "functions/") {
			return err
		}
		text, err := fs.ReadFile(Files, file)
		visit(folder, string(text))
		return err
	})
}
