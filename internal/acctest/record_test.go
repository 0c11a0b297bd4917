package acctest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// recorder stands between the provider and S3 and keeps the bodies of one kind of call: the simulator's log has none.
type recorder struct {
	world *World
	url   string

	mu     sync.Mutex
	bodies []string
}

// record keeps what is sent to S3 to write bucket policies.
func (w *World) record(t *testing.T) *recorder {
	t.Helper()
	target, err := url.Parse(w.Sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{world: w}
	// The Host stays the one that the caller signed.
	forward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(target)
		p.Out.Host = p.In.Host
	}}
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, call *http.Request) {
		if call.Method == http.MethodPut && call.URL.Query().Has("policy") {
			r.keep(call)
		}
		forward.ServeHTTP(answer, call)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *recorder) keep(call *http.Request) {
	body, err := io.ReadAll(call.Body)
	if err != nil {
		return // S3 gets half of it too, and refuses it
	}
	call.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body))
}

// take gives what was kept since it was asked last.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	bodies := r.bodies
	r.bodies = nil
	return bodies
}

// provider is the provider block whose S3 is the recorder.
func (r *recorder) provider() string {
	return strings.Replace(r.world.Provider(), `s3 = "`+r.world.Sim.URL(), `s3 = "`+r.url, 1)
}
