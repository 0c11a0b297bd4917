// This file answers the calls on tags of access points.
package s3controlsim

import (
	"encoding/xml"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// maxTags is how many tags an access point may have.
const maxTags = 50

type tagShape struct{ Key, Value string }

// writeTags adds tags, after it judged that the caller may. Keys are told apart by
// case, other than those of IAM.
func (r *request) writeTags(p *s3sim.AccessPoint, added []tagShape) error {
	if len(added) == 0 {
		return nil
	}
	keys := directory.Keys{}
	for _, t := range added {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	if err := r.mayTag("TagResource", p, keys); err != nil {
		return err
	}
	tags := slices.Clone(p.Tags)
	for _, t := range added {
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") || t.Key == "" || len(t.Key) > 128 || len(t.Value) > 256 {
			return query.Errorf("InvalidTag", http.StatusBadRequest, "The tag %s is not valid", t.Key)
		}
		tags = append(slices.DeleteFunc(tags, func(old directory.Tag) bool { return old.Key == t.Key }), directory.Tag(t))
	}
	if len(tags) > maxTags {
		return query.Errorf("TooManyTags", http.StatusBadRequest, "An access point has up to %d tags", maxTags)
	}
	p.Tags = tags
	return nil
}

func (r *request) mayTag(action string, p *s3sim.AccessPoint, keys directory.Keys) error {
	for name, values := range p.Keys() {
		keys[name] = values
	}
	account := r.call.Caller.Account.ID
	err := r.dir.Authorize(r.call.Caller, directory.Request{Action: "s3:" + action, Resource: p.ARN(), ResourceAccount: account, Keys: keys})
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return query.Errorf("AccessDenied", http.StatusForbidden, "%s", denial)
	}
	return err
}

// tagged finds the access point whose ARN the path ends with.
func (r *request) tagged() (*s3sim.AccessPoint, error) {
	caller := r.call.Caller
	p := r.s3.FindPoint(s3sim.PointID{Account: caller.Account.ID, Region: caller.Region, Name: r.name})
	if p == nil || !strings.HasSuffix(r.call.Request.URL.Path, p.ARN()) {
		return nil, noSuchAccessPoint()
	}
	return p, nil
}

func listTags(r *request) (any, error) {
	p, err := r.tagged()
	if err != nil {
		return nil, err
	}
	if err := r.mayTag("ListTagsForResource", p, directory.Keys{}); err != nil {
		return nil, err
	}
	shape := struct {
		XMLName xml.Name   `xml:"http://awss3control.amazonaws.com/doc/2018-08-20/ ListTagsForResourceResult"`
		Tags    []tagShape `xml:"Tags>Tag"`
	}{}
	for _, t := range p.Tags {
		shape.Tags = append(shape.Tags, tagShape(t))
	}
	return shape, nil
}

func tagResource(r *request) (any, error) {
	p, err := r.tagged()
	if err != nil {
		return nil, err
	}
	var body struct {
		Tags []tagShape `xml:"Tags>Tag"`
	}
	if err := r.read(&body); err != nil {
		return nil, err
	}
	return nil, r.writeTags(p, body.Tags)
}

func untagResource(r *request) (any, error) {
	p, err := r.tagged()
	if err != nil {
		return nil, err
	}
	gone := r.call.Request.URL.Query()["tagKeys"]
	if err := r.mayTag("UntagResource", p, directory.Keys{"aws:TagKeys": gone}); err != nil {
		return nil, err
	}
	p.Tags = slices.DeleteFunc(slices.Clone(p.Tags), func(t directory.Tag) bool { return slices.Contains(gone, t.Key) })
	return nil, nil //nolint:nilnil // the answer is empty
}
