# escape=`
FROM a `
# a comment in between

  AS b

RUN echo one `
   && echo two `  
   && echo `` three
CMD echo `
