// This file gives roles, users and policies the shapes of IAM's answers.
package iamsim

import (
	"net/url"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

type roleShape struct {
	Path                     string
	RoleName                 string
	RoleID                   string `xml:"RoleId"`
	ARN                      string `xml:"Arn"`
	CreateDate               string
	AssumeRolePolicyDocument string
	Description              string                 `xml:",omitempty"`
	MaxSessionDuration       int                    `xml:",omitempty"`
	PermissionsBoundary      *boundaryShape         `xml:",omitempty"`
	Tags                     *query.List[query.Tag] `xml:",omitempty"`
	RoleLastUsed             *lastUsedShape         `xml:",omitempty"`
}

type boundaryShape struct {
	Type string `xml:"PermissionsBoundaryType"`
	ARN  string `xml:"PermissionsBoundaryArn"`
}

type lastUsedShape struct {
	LastUsedDate string `xml:",omitempty"`
	Region       string `xml:",omitempty"`
}

type attachedShape struct {
	PolicyName string
	PolicyARN  string `xml:"PolicyArn"`
}

// listedRole is what ListRoles shows of a role: neither tags nor boundary nor
// last use.
func (s *Service) listedRole(r *directory.Role) (roleShape, error) {
	trust, err := s.dir.ShowTrust(r.Trust)
	return roleShape{
		Path: r.Path, RoleName: r.Name, RoleID: r.ID, ARN: r.ARN(), CreateDate: date(r.Created),
		AssumeRolePolicyDocument: encode(trust), Description: r.Description,
		MaxSessionDuration: int(r.MaxSession / time.Second),
	}, err
}

// fullRole is what GetRole shows.
func (s *Service) fullRole(r *directory.Role) (roleShape, error) {
	shape, err := s.listedRole(r)
	shape.PermissionsBoundary = boundaryOf(&r.Entity)
	shape.Tags = tagsOf(r.Tags)
	shape.RoleLastUsed = lastUsed(r)
	return shape, err
}

func lastUsed(r *directory.Role) *lastUsedShape {
	if r.LastUsed.IsZero() {
		return &lastUsedShape{}
	}
	return &lastUsedShape{LastUsedDate: date(r.LastUsed), Region: r.LastRegion}
}

func boundaryOf(e *directory.Entity) *boundaryShape {
	if e.Boundary == nil {
		return nil
	}
	return &boundaryShape{Type: "Policy", ARN: e.Boundary.ARN}
}

// tagsOf is absent where there are no tags, as in IAM's answers.
func tagsOf(tags []directory.Tag) *query.List[query.Tag] {
	if len(tags) == 0 {
		return nil
	}
	list := query.ListOf(wireTags(tags))
	return &list
}

func wireTags(tags []directory.Tag) []query.Tag {
	var wire []query.Tag
	for _, t := range tags {
		wire = append(wire, query.Tag(t))
	}
	return wire
}

func storedTags(tags []query.Tag) []directory.Tag {
	var stored []directory.Tag
	for _, t := range tags {
		stored = append(stored, directory.Tag(t))
	}
	return stored
}

func attachedOf(e *directory.Entity) []attachedShape {
	var list []attachedShape
	for _, p := range e.Attached {
		list = append(list, attachedShape{p.Name, p.ARN})
	}
	return list
}

// encode gives a document as IAM sends it: percent-encoded as RFC 3986 has it.
func encode(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
