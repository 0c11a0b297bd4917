// This file tells which sessions were started, so that a test can look for their secrets where none should be.
package awssim

// Sessions gives the credentials of every role session that AssumeRole has started with another key.
func (s *Server) Sessions() []Credentials {
	s.dir.Lock()
	defer s.dir.Unlock()
	var started []Credentials
	for _, k := range s.dir.StartedSessions() {
		started = append(started, credentials(k))
	}
	return started
}
