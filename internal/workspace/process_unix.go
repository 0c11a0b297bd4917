//go:build unix

package workspace

import (
	"os/exec"
	"syscall"
)

// apart gives terraform a process group of its own: ^C in a terminal reaches the whole group in front, and terraform must
// get one interrupt only. It ends in order at the first and gives up its work at the second.
func apart(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
