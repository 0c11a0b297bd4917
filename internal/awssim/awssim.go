// Package awssim is AWS on loopback: IAM, STS, S3, S3 Control and KMS over HTTP, several accounts,
// every call judged as AWS judges it. README.md in this folder is its charter.
package awssim

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/analyzersim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/iamsim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3controlsim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/stssim"
)

// Options set up a Server. All are optional.
type Options struct {
	// Now is AWS's clock: creation dates, expiry of sessions, aws:CurrentTime.
	// The wall clock when nil.
	Now func() time.Time
	// Seed starts the sequence of IDs, keys and tokens.
	Seed uint64
	// SigningNow is the clock that signatures are checked against; the wall
	// clock when nil, since an SDK signs with the wall clock.
	SigningNow func() time.Time
	// Sleep is how the Delay of a Fault passes; it waits when nil.
	Sleep func(time.Duration)
	// InsecureTransport makes aws:SecureTransport false, as the http endpoint
	// really is. It is true otherwise.
	InsecureTransport bool
	// CallLatency is how long every call takes at least, in real time; for
	// benchmarks.
	CallLatency time.Duration
}

// Server is one simulated AWS. It stands alone and is safe for concurrent use.
type Server struct {
	options  Options
	listener net.Listener
	http     *http.Server

	dir     *directory.Directory
	iam     *iamsim.Service
	sts     *stssim.Service
	kms     *kmssim.Service
	s3      *s3sim.Service
	control *s3controlsim.Service
	// analyzer judges documents and keeps nothing.
	analyzer *analyzersim.Service

	mu     sync.Mutex // guards what follows
	calls  []*Call
	faults []*armedFault
}

// Start starts a Server on a free port of 127.0.0.1. It panics when there is
// none.
func Start(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SigningNow == nil {
		o.SigningNow = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = wait
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("listening on loopback: %v", err))
	}
	dir := directory.New(directory.Options{Now: o.Now, Seed: o.Seed})
	kms := kmssim.New(dir)
	s3 := s3sim.New(dir, kms)
	s := &Server{
		options: o, listener: listener, dir: dir, iam: iamsim.New(dir), sts: stssim.New(dir), kms: kms, s3: s3,
		control: s3controlsim.New(dir, s3), analyzer: analyzersim.New(dir),
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	// Serve ends with ErrServerClosed once Close is called.
	go func() { _ = s.http.Serve(listener) }()
	return s
}

func wait(d time.Duration) { <-time.After(d) }

// URL is the endpoint of every service.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops the server and cuts its connections.
func (s *Server) Close() { _ = s.http.Close() }

// SetPageSize caps the pages of every IAM list, 0 for no cap.
func (s *Server) SetPageSize(n int) {
	s.dir.Lock()
	defer s.dir.Unlock()
	s.iam.PageSize = n
}

// SetPrincipalLag sets how long a new role or user cannot be named as a
// principal yet, on the clock Options.Now.
func (s *Server) SetPrincipalLag(lag time.Duration) {
	s.dir.Lock()
	defer s.dir.Unlock()
	s.dir.PrincipalLag = lag
}

// SetRoleLag sets how long hosts of IAM may answer NoSuchEntity about a new role,
// on the clock Options.Now: for the first half of it all do, then every other one.
// For as long again GetRole shows its unique ID in place of its ARN.
func (s *Server) SetRoleLag(lag time.Duration) {
	s.dir.Lock()
	defer s.dir.Unlock()
	s.dir.RoleLag = lag
}

// SetAssumeLag sets how long STS refuses to let anybody assume a new role, on the
// clock Options.Now.
func (s *Server) SetAssumeLag(lag time.Duration) {
	s.dir.Lock()
	defer s.dir.Unlock()
	s.dir.AssumeLag = lag
}

// Network is where calls come from, as condition keys see it. Empty fields leave
// the value of the connection itself.
type Network = directory.Network

// SetNetwork sets where calls made with a key come from. Sessions started with
// that key inherit it.
func (s *Server) SetNetwork(key Credentials, from Network) {
	s.dir.Lock()
	defer s.dir.Unlock()
	k := s.dir.FindKey(key.AccessKeyID)
	if k == nil {
		panic("setting a network: there is no access key " + key.AccessKeyID)
	}
	k.Network = &from
}
