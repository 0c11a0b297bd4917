// Package s3sim is S3 as API version 2006-03-01 has it: buckets, their policies and settings, objects with versions and
// tags, over REST and XML, each call judged by the caller's policies and the bucket's.
//
// Objects are kept by a small store of its own. github.com/johannesboyne/gofakes3 does not fit: judging a call needs
// the owner and the tags of the very version that it is about before anything is read or written, and the library
// knows no owner of an object and finds the version only when it answers.
package s3sim

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
)

// Service is S3 over a directory, whose lock guards everything that it holds. A call holds the lock from its first
// check to its last change, so every call is atomic.
type Service struct {
	dir           *directory.Directory
	kms           *kmssim.Service
	buckets       map[string]*Bucket
	points        map[PointID]*AccessPoint
	accountBlocks map[string]*PublicAccessBlock // by account
	operations    map[string]operation
	policyLag     time.Duration
}

// operation carries out one call that Serve has read; the lock is held.
type operation func(*request) (*answer, error)

// New makes S3 without buckets over a directory and the keys of kms.
func New(dir *directory.Directory, kms *kmssim.Service) *Service {
	s := &Service{
		dir: dir, kms: kms, buckets: map[string]*Bucket{}, points: map[PointID]*AccessPoint{},
		accountBlocks: map[string]*PublicAccessBlock{}, operations: map[string]operation{},
	}
	for _, group := range []map[string]operation{
		bucketOperations, settingOperations, policyOperations, readOperations, writeOperations, listOperations,
		tagOperations, uploadOperations,
	} {
		for name, run := range group {
			s.operations[name] = run
		}
	}
	return s
}

// SetPolicyLag sets how long reads and decisions go on with the bucket policy of before a write, 0 by default: the
// configuration of buckets is eventually consistent (S3 User Guide, "Amazon S3 data consistency model").
func (s *Service) SetPolicyLag(lag time.Duration) {
	s.dir.Lock()
	defer s.dir.Unlock()
	s.policyLag = lag
}

// Call is one call, its body read and its signature checked.
type Call struct {
	Request   *http.Request
	Body      []byte            // as received, aws-chunked or not
	Caller    *directory.Caller // nil for an anonymous call
	RequestID string

	// Operation and Resource are filled in by Serve, for the call log: the operation's name and the ARN that it was
	// first judged on.
	Operation, Resource string
}

// request is a call being carried out.
type request struct {
	*Service
	call   *Call
	query  url.Values
	header http.Header
	body   []byte // decoded
	name   string // of the bucket
	bucket *Bucket
	point  *AccessPoint // that the call goes through, nil for a call to the bucket itself
	key    string
}

// Serve answers one call. It takes the directory's lock.
func (s *Service) Serve(w http.ResponseWriter, c *Call) {
	r := &request{Service: s, call: c, query: c.Request.URL.Query(), header: c.Request.Header}
	c.Operation, r.name, r.key = Route(c.Request)
	a, err := s.run(r)
	if err != nil {
		r.refuse(w, err)
		return
	}
	a.write(w, c)
}

func (s *Service) run(r *request) (*answer, error) {
	run, known := s.operations[r.call.Operation]
	if !known {
		return nil, notImplemented("the simulator does not know the operation %s", r.call.Operation)
	}
	body, err := decodeBody(r.call.Request, r.call.Body)
	if err != nil {
		return nil, err
	}
	r.body = body
	s.dir.Lock()
	defer s.dir.Unlock()
	if r.name != "" && r.call.Operation != "CreateBucket" {
		if err := r.enter(); err != nil {
			return nil, err
		}
	}
	return run(r)
}

// enter finds the bucket of a request and makes the checks that come before any policy: the bucket exists, the call
// came to its region, and it belongs to the account that the caller expects.
func (r *request) enter() error {
	if p, named := r.namedPoint(); named {
		if p == nil {
			return noSuchPoint()
		}
		if err := r.enterPoint(p); err != nil {
			return err
		}
	} else if r.bucket = r.buckets[r.name]; r.bucket == nil {
		return noSuchBucket(r.name)
	}
	if err := r.checkRegion(); err != nil {
		return err
	}
	if want := r.header.Get("X-Amz-Expected-Bucket-Owner"); want != "" && want != r.bucket.owner.ID {
		return accessDenied()
	}
	return nil
}

// refuse writes an error answer. What has no form in S3 becomes a 500 that says what the simulator could not do.
func (r *request) refuse(w http.ResponseWriter, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = newFault("InternalError", http.StatusInternalServerError, err.Error())
	}
	f.write(w, r.call)
}
