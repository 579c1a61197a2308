-- Where a version of a prompt comes from: the cycle that found it, and the models it was found with.

alter table prompt_version add cycle ident;
alter table prompt_version add models json;
