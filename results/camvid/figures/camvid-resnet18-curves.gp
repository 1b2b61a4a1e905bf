# Learning curves, CamVid, ResNet-18. Run in this folder: gnuplot camvid-resnet18-curves.gp
reset
set encoding utf8
set terminal pngcairo size 1840,720 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'camvid-resnet18-curves.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set multiplot layout 2,4 title 'CamVid, ResNet-18' font 'sans-serif,20'
set xlabel 'iteration'
set xtics 150
set title 'ce'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 0 using 1:2 with lines lw 1.5 lc rgb '#000000', \
  'camvid-resnet18-curves.dat' index 1 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 2 using 1:2 with lines lw 1.5 lc rgb '#000000', \
  'camvid-resnet18-curves.dat' index 3 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 4 using 1:2 with lines lw 1.5 lc rgb '#000000', \
  'camvid-resnet18-curves.dat' index 5 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'weighted_ce ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 6 using 1:2 with lines lw 1.5 lc rgb '#0072B2', \
  'camvid-resnet18-curves.dat' index 7 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 8 using 1:2 with lines lw 1.5 lc rgb '#0072B2', \
  'camvid-resnet18-curves.dat' index 9 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 10 using 1:2 with lines lw 1.5 lc rgb '#0072B2', \
  'camvid-resnet18-curves.dat' index 11 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'balanced_ce ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 12 using 1:2 with lines lw 1.5 lc rgb '#56B4E9', \
  'camvid-resnet18-curves.dat' index 13 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 14 using 1:2 with lines lw 1.5 lc rgb '#56B4E9', \
  'camvid-resnet18-curves.dat' index 15 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 16 using 1:2 with lines lw 1.5 lc rgb '#56B4E9', \
  'camvid-resnet18-curves.dat' index 17 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'focal(gamma: 1) ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 18 using 1:2 with lines lw 1.5 lc rgb '#009E73', \
  'camvid-resnet18-curves.dat' index 19 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 20 using 1:2 with lines lw 1.5 lc rgb '#009E73', \
  'camvid-resnet18-curves.dat' index 21 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 22 using 1:2 with lines lw 1.5 lc rgb '#009E73', \
  'camvid-resnet18-curves.dat' index 23 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'ohem(keep: 0.7) ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 24 using 1:2 with lines lw 1.5 lc rgb '#999933', \
  'camvid-resnet18-curves.dat' index 25 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 26 using 1:2 with lines lw 1.5 lc rgb '#999933', \
  'camvid-resnet18-curves.dat' index 27 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 28 using 1:2 with lines lw 1.5 lc rgb '#999933', \
  'camvid-resnet18-curves.dat' index 29 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'soft_iou ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 30 using 1:2 with lines lw 1.5 lc rgb '#E69F00', \
  'camvid-resnet18-curves.dat' index 31 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 32 using 1:2 with lines lw 1.5 lc rgb '#E69F00', \
  'camvid-resnet18-curves.dat' index 33 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 34 using 1:2 with lines lw 1.5 lc rgb '#E69F00', \
  'camvid-resnet18-curves.dat' index 35 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'lovasz ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 36 using 1:2 with lines lw 1.5 lc rgb '#CC79A7', \
  'camvid-resnet18-curves.dat' index 37 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 38 using 1:2 with lines lw 1.5 lc rgb '#CC79A7', \
  'camvid-resnet18-curves.dat' index 39 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 40 using 1:2 with lines lw 1.5 lc rgb '#CC79A7', \
  'camvid-resnet18-curves.dat' index 41 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
set title 'recall ≈'
set ylabel 'training loss'
set y2tics; set y2label 'validation mean IoU (%)'; set y2range [0:*]
plot 'camvid-resnet18-curves.dat' index 42 using 1:2 with lines lw 1.5 lc rgb '#D55E00', \
  'camvid-resnet18-curves.dat' index 43 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 44 using 1:2 with lines lw 1.5 lc rgb '#D55E00', \
  'camvid-resnet18-curves.dat' index 45 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777', \
  'camvid-resnet18-curves.dat' index 46 using 1:2 with lines lw 1.5 lc rgb '#D55E00', \
  'camvid-resnet18-curves.dat' index 47 using 1:2 axes x1y2 with linespoints pt 7 ps 0.6 lw 1.5 dt 2 lc rgb '#777777'
unset multiplot
unset output
