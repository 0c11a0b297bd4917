// This file keeps the tags of roles.
package iamsim

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (s *Service) tagRole(c *query.Call) (any, error) {
	var check query.Constraints
	tags := c.Params.Tags("Tags")
	if err := checkTags(&check, tags); err != nil {
		return nil, err
	}
	r, err := s.changeable(c, &check, requestTags(tags))
	if err != nil {
		return nil, err
	}
	merged := directory.Entity{Tags: slices.Clone(r.Tags)}
	for _, t := range storedTags(tags) {
		merged.PutTag(t)
	}
	if len(merged.Tags) > maxTags {
		return nil, limitExceeded("The number of tags has reached the maximum limit.")
	}
	r.Tags = merged.Tags
	return nil, nil
}

func (s *Service) untagRole(c *query.Call) (any, error) {
	tagKeys := c.Params.List("TagKeys")
	r, err := s.changeable(c, &query.Constraints{}, directory.Keys{"aws:TagKeys": tagKeys})
	if err != nil {
		return nil, err
	}
	for _, key := range tagKeys {
		r.RemoveTag(key)
	}
	return nil, nil
}

func (s *Service) listRoleTags(c *query.Call) (any, error) {
	r, err := s.role(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	tags, more, err := page(s, c, wireTags(r.Tags), func(t query.Tag) string { return t.Key })
	return struct {
		Tags query.List[query.Tag]
		paging
	}{query.ListOf(tags), more}, err
}
