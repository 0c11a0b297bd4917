// This file answers ListObjects and ListObjectsV2.
package s3sim

import (
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
)

var listOperations = map[string]operation{
	"ListObjects":        listObjects,
	"ListObjectsV2":      listObjectsV2,
	"ListObjectVersions": listObjectVersions,
}

// maxKeys is the longest page of every listing.
const maxKeys = 1000

// listing is what a call asks for, and the names that a page may have.
type listing struct {
	prefix, delimiter, after string
	max                      int
	encode                   bool // encoding-type=url
}

func (r *request) listing(limit, after string) (listing, error) {
	l := listing{
		prefix: r.query.Get("prefix"), delimiter: r.query.Get("delimiter"), after: after, max: maxKeys,
		encode: r.query.Get("encoding-type") == "url",
	}
	text := r.query.Get(limit)
	if text == "" {
		return l, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return l, invalidArgument(limit, text, "Provided "+limit+" not an integer or within integer range")
	}
	if n < 0 {
		return l, invalidArgument(limit, text, "Argument "+limit+" must be an integer between 0 and 2147483647")
	}
	l.max = min(int(n), maxKeys)
	return l, nil
}

// text encodes a name as the caller asked.
func (l listing) text(name string) string {
	if !l.encode {
		return name
	}
	return strings.ReplaceAll(url.QueryEscape(name), "%2F", "/")
}

// entry is a line of a listing: a key, or a common prefix that stands for many.
type entry struct {
	name   string
	common bool
}

// page cuts a page out of sorted keys: those with the prefix, rolled up at the delimiter, after the last one seen.
func (l listing) page(keys []string) (entries []entry, truncated bool) {
	for _, key := range keys {
		e, shown := l.entry(key)
		if !shown || len(entries) > 0 && e == entries[len(entries)-1] {
			continue
		}
		if len(entries) == l.max {
			return entries, l.max > 0
		}
		entries = append(entries, e)
	}
	return entries, false
}

func (l listing) entry(key string) (entry, bool) {
	rest, ok := strings.CutPrefix(key, l.prefix)
	if !ok {
		return entry{}, false
	}
	e := entry{name: key}
	if l.delimiter != "" {
		if head, _, cut := strings.Cut(rest, l.delimiter); cut {
			e = entry{name: l.prefix + head + l.delimiter, common: true}
		}
	}
	return e, e.name > l.after
}

type contentShape struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
	StorageClass string
	Owner        *ownerShape `xml:",omitempty"`
}

type prefixShape struct{ Prefix string }

// contents are the two lists of every answer.
type contents struct {
	Contents       []contentShape
	CommonPrefixes []prefixShape
}

func (r *request) contents(l listing, entries []entry, withOwner func() bool) contents {
	var c contents
	for _, e := range entries {
		if e.common {
			c.CommonPrefixes = append(c.CommonPrefixes, prefixShape{l.text(e.name)})
			continue
		}
		v := r.bucket.newest(e.name)
		shape := contentShape{
			Key: l.text(e.name), LastModified: xmlTime(v.modified), ETag: quoted(v.etag), Size: len(v.body), StorageClass: v.storageClass(),
		}
		if withOwner() {
			shape.Owner = &ownerShape{canonicalID(v.owner)}
		}
		c.Contents = append(c.Contents, shape)
	}
	return c
}

// heading is what every answer repeats of the call.
type heading struct {
	Name         string
	Prefix       string
	Delimiter    string `xml:",omitempty"`
	MaxKeys      int
	EncodingType string `xml:",omitempty"`
	IsTruncated  bool
}

func (r *request) heading(l listing, truncated bool) heading {
	h := heading{Name: r.name, Prefix: l.text(l.prefix), Delimiter: l.text(l.delimiter), MaxKeys: l.max, IsTruncated: truncated}
	if l.encode {
		h.EncodingType = "url"
	}
	return h
}

func listObjects(r *request) (*answer, error) {
	if err := r.mayBucket("s3:ListBucket"); err != nil {
		return nil, err
	}
	l, err := r.listing("max-keys", r.query.Get("marker"))
	if err != nil {
		return nil, err
	}
	entries, truncated := l.page(r.bucket.liveKeys())
	result := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
		heading
		Marker     string
		NextMarker string `xml:",omitempty"`
		contents
	}{heading: r.heading(l, truncated), Marker: l.text(l.after), contents: r.contents(l, entries, always)}
	if truncated && l.delimiter != "" { // without a delimiter the last key is the next marker
		result.NextMarker = l.text(entries[len(entries)-1].name)
	}
	return ok(result), nil
}

func always() bool { return true }

func listObjectsV2(r *request) (*answer, error) {
	if err := r.mayBucket("s3:ListBucket"); err != nil {
		return nil, err
	}
	after := r.query.Get("start-after")
	token := r.query.Get("continuation-token")
	if r.query.Has("continuation-token") {
		last, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(last) == 0 {
			return nil, invalidArgument("continuation-token", token, "The continuation token provided is incorrect")
		}
		after = string(last)
	}
	l, err := r.listing("max-keys", after)
	if err != nil {
		return nil, err
	}
	entries, truncated := l.page(r.bucket.liveKeys())
	result := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
		heading
		KeyCount              int
		StartAfter            string `xml:",omitempty"`
		ContinuationToken     string `xml:",omitempty"`
		NextContinuationToken string `xml:",omitempty"`
		contents
	}{
		heading: r.heading(l, truncated), KeyCount: len(entries), StartAfter: l.text(r.query.Get("start-after")), ContinuationToken: token,
		contents: r.contents(l, entries, func() bool { return r.query.Get("fetch-owner") == "true" }),
	}
	if truncated {
		result.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(entries[len(entries)-1].name))
	}
	return ok(result), nil
}
