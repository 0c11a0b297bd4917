// This file finds the signature in a request: in the Authorization header or in
// the query string of a presigned URL.
package sigv4

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrAnonymous says that a request carries no signature at all.
var ErrAnonymous = errors.New("the request is not signed")

// ErrUnsignedHeader says that an x-amz- header was sent that the signature does
// not cover, which AWS refuses.
var ErrUnsignedHeader = errors.New("there were headers present in the request which were not signed")

// Signature is what a request says about who signed it, for which service, when
// and over which headers.
type Signature struct {
	AccessKeyID string
	Token       string // security token of temporary credentials
	Region      string
	Service     string
	Time        time.Time
	Presigned   bool
	Expires     time.Duration // of a presigned request; 0 otherwise

	day           string
	signedHeaders []string
	signature     string
}

// Parse reads the signature of a request. It gives ErrAnonymous where there is
// none, and a plain error where it is malformed.
func Parse(r *http.Request) (*Signature, error) {
	header := r.Header.Get("Authorization")
	query := r.URL.Query()
	switch {
	case header != "":
		return parseHeader(r, header)
	case query.Get("X-Amz-Algorithm") != "":
		return parseQuery(r, query)
	}
	return nil, ErrAnonymous
}

func parseHeader(r *http.Request, header string) (*Signature, error) {
	rest, ok := strings.CutPrefix(header, algorithm)
	if !ok {
		return nil, fmt.Errorf("reading the Authorization header: only %s is supported", algorithm)
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	date := r.Header.Get("X-Amz-Date")
	if date == "" {
		date = r.Header.Get("Date")
	}
	s := &Signature{Token: r.Header.Get("X-Amz-Security-Token"), signature: fields["Signature"]}
	return s, s.fill(r, part{fields["Credential"], date, fields["SignedHeaders"]})
}

func parseQuery(r *http.Request, query url.Values) (*Signature, error) {
	if query.Get("X-Amz-Algorithm") != algorithm {
		return nil, fmt.Errorf("reading X-Amz-Algorithm: only %s is supported", algorithm)
	}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if query.Has("X-Amz-Expires") && (err != nil || seconds < 0 || seconds > 604800) {
		return nil, errors.New("reading X-Amz-Expires: it must be between 0 and 604800 seconds")
	}
	s := &Signature{
		Token: query.Get("X-Amz-Security-Token"), signature: query.Get("X-Amz-Signature"),
		Presigned: true, Expires: time.Duration(seconds) * time.Second,
	}
	return s, s.fill(r, part{query.Get("X-Amz-Credential"), query.Get("X-Amz-Date"), query.Get("X-Amz-SignedHeaders")})
}

// part is what both forms of signature carry in their own way.
type part struct{ credential, date, signedHeaders string }

func (s *Signature) fill(r *http.Request, p part) error {
	scope := strings.Split(p.credential, "/")
	if len(scope) < 5 || scope[len(scope)-1] != "aws4_request" {
		return errors.New("reading the credential: it must have the form KEY/DATE/REGION/SERVICE/aws4_request")
	}
	n := len(scope)
	s.AccessKeyID = strings.Join(scope[:n-4], "/")
	s.day, s.Region, s.Service = scope[n-4], scope[n-3], scope[n-2]
	at, err := parseTime(p.date)
	if err != nil {
		return err
	}
	s.Time = at
	if at.Format("20060102") != s.day {
		return errors.New("reading the credential: its date is not that of the request")
	}
	s.signedHeaders = strings.Split(p.signedHeaders, ";")
	if !slices.Contains(s.signedHeaders, "host") {
		return errors.New("reading the signed headers: host must be one of them")
	}
	for name := range r.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") && !slices.Contains(s.signedHeaders, lower) {
			return fmt.Errorf("checking header %s: %w", lower, ErrUnsignedHeader)
		}
	}
	return nil
}

func parseTime(text string) (time.Time, error) {
	if at, err := time.Parse(timeFormat, text); err == nil {
		return at, nil
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the date of the request: %w", err)
	}
	return at.UTC(), nil
}
